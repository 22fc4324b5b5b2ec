"""`python -m smsline`: the command line where the package is not installed, from its own folder."""

from smsline.cli import main

main(prog_name="smsline")
