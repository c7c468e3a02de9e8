"""Where files are kept, and what opens them, as an adapter set has it."""

from pathlib import Path

from dependency_injector import providers
from pydantic import SecretStr

from adapters.folder.blobs import FolderBlobs
from adapters.pillow.images import PillowImages
from adapters.puremagic.types import PuremagicTypes
from adapters.s3.blobs import Bucket, S3Blobs
from application.ports.blobs import BlobStore
from entrypoints.models import Models
from entrypoints.settings import Settings


def _folder_in(data: Path) -> FolderBlobs:
    return FolderBlobs(data / "files")


def _bucket(settings: Settings) -> S3Blobs:
    key = settings.s3_secret_key
    return S3Blobs(
        Bucket(
            settings.s3_bucket,
            settings.s3_region,
            settings.s3_endpoint,
            settings.s3_key_id,
            None if key is None else key.get_secret_value(),
        )
    )


def _link_secrets(secrets: SecretStr | None, otherwise: str) -> list[str]:
    """What addresses of files are signed with: the first one signs, and all are taken."""
    return [otherwise] if secrets is None else [part.strip() for part in secrets.get_secret_value().split(",")]


class FileAdapters(Models):
    """A folder, or a store that speaks S3."""

    settings = Models.settings
    secret = providers.Dependency(instance_of=str)

    blobs: providers.Provider[BlobStore] = providers.Selector(
        settings.provided.storage,
        folder=providers.Singleton(_folder_in, settings.provided.data),
        s3=providers.Singleton(_bucket, settings),
    )
    file_types = providers.Singleton(PuremagicTypes)
    images = providers.Singleton(PillowImages, settings.provided.image_pixels)
    link_secrets = providers.Callable(_link_secrets, settings.provided.link_secrets, secret)
