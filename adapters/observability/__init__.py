"""What can be seen of Jarvis from outside: logs, metrics, alarms."""
