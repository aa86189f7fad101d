"""A fixture for each site without one of the features."""

from pytest_plone import fixtures_factory
from tests.features.layers import LAYERS


globals().update(
    fixtures_factory(
        tuple((layer, f"without_{feature}") for feature, layer in LAYERS.items()),
        keep_session=False,
    )
)
