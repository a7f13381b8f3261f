"""Run mitui as ``python -m mitui``."""

from mitui.cli.main import run

if __name__ == "__main__":
    run()
