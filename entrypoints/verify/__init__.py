"""Holds a running deployment to what it promises: nothing lost, nothing twice, one order. See docs/guarantees.md."""
