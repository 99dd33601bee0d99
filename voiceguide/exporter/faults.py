"""What went wrong, in the program's own errors."""

from __future__ import annotations

import errno
from pathlib import Path

from voiceguide.errors import CannotCreate, EncoderError, StorageError, VoiceguideError

_REFUSED = {
    errno.EACCES, errno.EEXIST, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG,
    errno.ENOENT, errno.ENOTDIR, errno.EPERM, errno.EROFS,
}  # fmt: skip
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def of_storage(error: OSError, target: Path) -> VoiceguideError:
    """CannotCreate where the file system refuses `target`, StorageError where it fails."""
    reason = error.strerror or str(error)
    if error.errno in _REFUSED:
        return CannotCreate(f"cannot create '{target}': {reason}", "choose another folder or file name")
    hint = "make room, or choose another folder" if error.errno in _FULL else "check the disk, or choose another folder"
    return StorageError(f"cannot write '{target}': {reason}", hint)


def of_encoder(error: Exception, target: Path) -> VoiceguideError:
    """The same for what an encoder raised, however its library wrapped the disk's error."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, VoiceguideError):
            return link
        if isinstance(link, OSError) and link.errno is not None:
            return of_storage(link, target)
        link = link.__cause__ or link.__context__
    return EncoderError(f"cannot encode '{target}': {error or type(error).__name__}", "try another format")
