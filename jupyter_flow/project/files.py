"""Writing a file in one stroke: whoever reads it sees the old one or the new one, never half."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile


def replace_file(path: Path, content: bytes) -> None:
    """Put *content* at *path*. Links stay links, permissions stay what they were."""
    target = path.resolve()
    with NamedTemporaryFile(
        dir=target.parent, prefix=f".{target.name}.", suffix=".part", delete=False
    ) as part:
        part_path = Path(part.name)
        try:
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
            part.close()
            if target.exists():
                shutil.copymode(target, part_path)
            else:
                part_path.chmod(0o666 & ~_umask())
            part_path.replace(target)
        except BaseException:
            with suppress(OSError):
                part_path.unlink()
            raise


def _umask() -> int:
    """The process's mask. Asking sets it, so it is set back at once."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
