"""The section `data` of the configuration."""

from typing import Annotated, Literal

from pydantic import Field

from byhand.workflow.setting_types import Different, Seconds, Section, number, text, whole

ImageSource = Annotated[Literal["mnist", "digits"], Field(title="one of mnist, digits")]
HousingSource = Annotated[Literal["california_housing", "diabetes"], Field(title="one of california_housing, diabetes")]
Url = Annotated[
    str, text("a base URL (http:// or https://, without a password, ending in a slash)", r"https?://[^\s@]+/")
]
Urls = Annotated[tuple[Url, ...], Different("a list of base URLs (http:// or https://, ending in a slash)", least=0)]


class Download(Section):
    """How persistently a download is attempted."""

    attempts: Annotated[int, whole(1, 10)] = Field(description="attempts for each source")
    attempt_seconds: Seconds = Field(description="seconds after which an attempt is ended")
    stall_seconds: Seconds = Field(description="seconds of silence after which an attempt is ended")
    pause_seconds: Annotated[float, number("of seconds from 0 to 3600", ge=0, le=3600)] = Field(
        description="seconds before the second attempt; doubled for each further one"
    )


class Mirrors(Section):
    """Your own servers, used instead of the libraries' addresses."""

    mnist: Urls = Field(description="servers for MNIST's four archives")
    california_housing: Urls = Field(description="servers for cal_housing.tgz")


class Data(Section):
    """The two data sets of the assignment."""

    home: Annotated[str | None, Field(min_length=1, title="a folder's path, or null")] = Field(
        description="folder with the libraries' own caches, never written to"
    )
    images: Annotated[tuple[ImageSource, ...], Different("a list of one or both of mnist, digits")] = Field(
        description="sources of the images, in order of preference"
    )
    housing: Annotated[
        tuple[HousingSource, ...], Different("a list of one or both of california_housing, diabetes")
    ] = Field(description="sources of the housing data, in order of preference")
    download: Download
    mirrors: Mirrors
