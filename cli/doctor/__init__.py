"""What `keva doctor` looks at besides client/doctor: processes, keys, certificates, the AI. A file per subject."""
