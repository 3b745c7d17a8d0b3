"""What can be wrong with a vault."""

from __future__ import annotations

from correlate.errors import CorrelateError, InputError, VaultError

__all__ = [
    "EngineFailed",
    "FileInOtherBreach",
    "OutOfMemory",
    "OutOfSpace",
    "TooLittleSpace",
    "VaultDamaged",
    "VaultExists",
    "VaultForbidden",
    "VaultInUse",
    "VaultMissing",
    "VaultTokensOld",
    "VaultTooNew",
    "VaultTooOld",
    "WrongKey",
]


class VaultMissing(VaultError):
    """There is no vault at {path}: {reason}. Check the name, or make one with
    `correlate vault create {path}`.
    """


class VaultExists(VaultError):
    """The file {path} exists already, and a vault is never overwritten. Choose another name, or delete the
    old vault first.
    """


class VaultForbidden(VaultError):
    """The vault {path} cannot be opened or written: {reason}. Check who owns the file and its folder, and
    what they permit; nothing was changed.
    """


class VaultInUse(VaultError):
    """The vault {path} is in use by another process or connection. Wait until it has finished, or close it,
    then run the command again; nothing was changed.
    """


class VaultDamaged(VaultError):
    """The file {path} cannot be used as a vault: {reason}. If it was copied, copy it again while no program
    writes to it; otherwise restore it from a copy or ingest the breach files again.
    """


class VaultTooNew(VaultError):
    """The vault {path} has schema version {found}, and this program knows versions up to {known}. Install the
    version of correlate-risk that made it, or a newer one; nothing was changed.
    """


class VaultTooOld(VaultError):
    """The vault {path} has schema version {found}, and this program reads version {known}. Bring it up to
    date with `correlate vault migrate {path}`; no older program will open it then. Nothing was changed.
    """


class VaultTokensOld(VaultError):
    """The vault {path} holds tokens of construction {found}, and this program makes construction {known}: the
    two never meet, and values that are not kept cannot be made into tokens anew. Make a new vault and ingest
    the breach files again; nothing was changed.
    """


class WrongKey(VaultError):
    """The vault {path} was made with the key {vault_key} and the key given is {given_key}. Give the key file
    whose `correlate key show` prints {vault_key}.
    """


class FileInOtherBreach(InputError):
    """The file {file} is already in the vault, as breach {held}. Nothing was changed. If it belongs to
    {breach}, take it out first with `correlate vault remove-breach`.
    """


class OutOfSpace(VaultError):
    """There is no room left on the disk for {path}. The vault is as it was before; free some space and run
    the command again.
    """


class TooLittleSpace(VaultError):
    """The disk of {path} has {free} free, and the work needs at least about {needed}. Nothing was changed:
    make room, or move the vault to a larger disk, and try again.
    """


class OutOfMemory(VaultError):
    """The work on {path} needs more memory than it was given. The vault is as it was before; give more with
    --memory, for example --memory 8GB.
    """


class EngineFailed(CorrelateError):
    """The database engine stopped at {step} with {kind}. The vault is as it was before. The engine's own
    message is withheld, since it may hold data; please report this, with the command you ran.
    """
