"""AgentService, and agents as messages."""
