"""What goes over the wire, as data: the profile, the converters made from it, and the only room that knows a wire name.

Start with ``profile`` (and ``default.toml``), then ``convert`` and ``exchange``.
"""
