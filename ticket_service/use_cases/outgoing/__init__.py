"""First texts, replies that are sent later, and two people who answer one customer."""
