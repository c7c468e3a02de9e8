"""The JSON shapes of the wire contract, shared by the protocols that speak them."""
