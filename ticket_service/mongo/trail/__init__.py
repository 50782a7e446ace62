"""What the audit trail is held against: a replica's own memory, the order of the keys, and the anchors."""
