"""What first texts and replies that are sent later need of the outside."""
