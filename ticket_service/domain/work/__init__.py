"""What orders the work of a workspace: snoozing, tags, business hours, who gets which ticket."""
