"""Static files under hashed names, module imports included: no bundler, caches for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModules(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also rewrites `import … from` in modules, so that each is fetched once, by its hash."""

    support_js_module_import_aggregation = True
    # One pass for each module that imports one that imports one …; a cycle would never end.
    max_post_process_passes = 20
