"""What happens: one replication, chance drawn first, then the SimPy model, then a trace."""
