"""The settings of credentials_service."""

from pathlib import Path

from pydantic import Field

from servicekit.settings import MongoSettings


class CredentialsServiceSettings(MongoSettings):
    """Environment variables with the prefix KEVA_."""

    mongodb_database: str = Field("keva_credentials", description="Name of its database")
    key_ring_dir: Path = Field(
        description="Folder with one file per key-encryption key: the file's name is the key's id, its content is 32 "
        "bytes in base64"
    )
    active_key_id: str = Field(
        "",
        description="Id of the key that encrypts new secrets. If empty: the key that the file `active` in the folder "
        "names or, without that file, the only key there",
    )
    lost_key_ids: str = Field(
        "",
        description="Ids, separated by commas, of keys that are lost for good: the service starts without them, what "
        "they encrypted cannot be read, and audit records that they sealed and that still wait are never handed over",
    )
    key_ring_poll_seconds: float = Field(
        5.0, gt=0, le=15, description="How often, in seconds, the folder of keys is read again"
    )
    ticket_service: str = Field(
        description="Address of ticket_service, which keeps the audit trail: `host:port`, or several with commas"
    )
    audit_poll_seconds: float = Field(
        5.0,
        gt=0,
        le=60,
        description="How often, in seconds, it looks for audit records to hand to ticket_service. New ones are handed "
        "over at once; this finds those for which that failed",
    )

    @property
    def lost_keys(self) -> frozenset[str]:
        """The ids of `lost_key_ids`."""
        return frozenset(key_id.strip() for key_id in self.lost_key_ids.split(",")) - {""}
