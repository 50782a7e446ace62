"""What `keva doctor` looks at: a file per subject, each of which makes findings."""
