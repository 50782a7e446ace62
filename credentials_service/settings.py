"""What credentials_service is told."""

from pathlib import Path

from pydantic import Field

from servicekit.settings import MongoSettings


class CredentialsServiceSettings(MongoSettings):
    """Environment variables with the prefix KEVA_."""

    mongodb_database: str = Field("keva_credentials", description="MongoDB database")
    key_ring_dir: Path = Field(description="Folder with one file per key-encryption key: 32 bytes in base64")
    active_key_id: str = Field(
        "",
        description="The key that new records are encrypted with; if empty, what the file `active` names, or the only",
    )
    lost_key_ids: str = Field(
        "", description="Keys, separated by commas, without which the service starts all the same"
    )
    key_ring_poll_seconds: float = Field(5.0, gt=0, le=15, description="How often the key ring's folder is read again")
    ticket_service: str = Field(description="Address of ticket_service, which keeps the audit trail")
    audit_poll_seconds: float = Field(5.0, gt=0, le=60, description="How often the audit outbox is looked at")
