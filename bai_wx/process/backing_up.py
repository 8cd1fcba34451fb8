"""A backup of the shop that the settings describe."""

from importlib.metadata import version
from pathlib import Path

from bai_wx.database.connection import database
from bai_wx.files.store import S3_SCHEME, FileStore
from bai_wx.process import storage_settings
from bai_wx.process.settings import Settings, SettingsError
from bai_wx.record import data_keys
from bai_wx.transfer.backup.making import Made as Made
from bai_wx.transfer.backup.making import Shop
from bai_wx.transfer.backup.making import make as make
from bai_wx.transfer.backup.targets import Target
from bai_wx.transfer.backup.targets import target_of as target_at


def target_of(address: str, settings: Settings) -> Target:
    """Where a backup goes. Raises: `SettingsError`, `BackupRefused`."""
    check_source(address)
    if address.startswith(S3_SCHEME):
        settings.make_home()  # where an archive is made before it is sent
    try:
        storage_settings.refuse_among_files(str(_absolute(address)), str(_absolute(settings.files)))
    except ValueError as exc:
        raise SettingsError(f"the backup's place {exc}") from exc
    return target_at(address, settings.home, settings.s3_endpoint)


def check_source(address: str) -> None:
    """Raises: `SettingsError` for a bucket that cannot be used."""
    if not address.startswith(S3_SCHEME):
        return
    try:
        storage_settings.bucket(address)
    except ValueError as exc:
        raise SettingsError(f"the backup's place {exc}") from exc


def _absolute(address: str) -> str:
    return address if address.startswith(S3_SCHEME) else str(Path(address).absolute())


def shop_of(settings: Settings, *, with_files: bool = True) -> Shop:
    """What is backed up. The database is connected."""
    files = FileStore.at(settings.files, settings.s3_endpoint) if with_files else None
    return Shop(
        version=version("bai-wx"),
        address=settings.database,
        database_file=settings.database_file,
        files=files,
        data_key=_data_key(),
        programs=settings.pg_bin,
    )


def _data_key() -> str:
    """The fingerprint of the key of encrypted numbers; two while one takes the place of another."""
    is_there = database.table_exists(data_keys.DataKeyRow._meta.table_name)
    return ",".join(data_keys.ids_in_use()) if is_there else ""


def fit(settings: Settings, fingerprint: str) -> str:
    """Whether the data key here opens the numbers of a backup with this fingerprint, in a sentence."""
    if not fingerprint:
        return "nothing in it is encrypted"
    here = {key.id for key in settings.all_data_keys(False)}
    lacking = [each for each in fingerprint.split(",") if each not in here]
    if not lacking:
        return f"its personal numbers open with the data key here, {fingerprint}"
    have = f"here is {', '.join(sorted(here))}" if here else "here is none"
    return (
        f"its personal numbers need the data key {', '.join(lacking)}, {have}: put that into"
        f" {settings.data_key_file} (mode 0600), or set BAI_WX_DATA_KEY; without it no server starts on it"
    )
