"""What the database takes and the driver cannot read."""

import bson
from bson.raw_bson import RawBSONDocument

# A string that is not UTF-8.
UNDECODABLE = RawBSONDocument(bson.encode({"text": "ab"}).replace(b"ab", b"\xff\xfe"))
