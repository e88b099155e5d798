"""Static files under hashed names, module imports included: no bundler, caches for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModules(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also rewrites `import … from` in modules, so that each is fetched once, by its hash."""

    support_js_module_import_aggregation = True
