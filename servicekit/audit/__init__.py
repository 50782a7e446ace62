"""The hash chains of the audit trail: signing, verifying and exporting them."""
