"""What is checked about an organization: a file per subject, each of which makes findings. `keva doctor` shows them in
a terminal, the console on its pages."""
