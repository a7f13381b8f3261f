"""`mitui simulate`: a simulated host as the test bench of other programs."""

from __future__ import annotations

from mitui.cli.command_line.options import Options, UsageError
from mitui.cli.garbage_collection import collect_garbage
from mitui.cli.output.answer import say
from mitui.cli.output.columns import in_columns


def simulate(options: Options) -> int:
    """Serve what the options and the file say until a signal; or list what there is. Raises UsageError."""
    from mitui.simulator.bench.assembly import from_options
    from mitui.simulator.serve import serve

    collect_garbage()
    if options.listed:
        from mitui.simulator.bench.listing import listing

        say(in_columns(list(listing())))
        return 0
    if not options.what and not options.config:
        raise UsageError("SOURCE is missing: mitui simulate --list shows what there is")
    try:
        serve(from_options(options.what, options.bench, options.config))
    except ValueError as error:
        raise UsageError(str(error)) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"{error.filename or 'an address or a file'} can't be used: {error.strerror}") from None
    return 0
