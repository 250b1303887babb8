#!/usr/bin/env python
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gateway_project.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError
    from redis import ConnectionError as NoRedis

    from gateway_project.launch import absence, plan

    if sys.argv[1:2] == ["up"]:
        from gateway_project.launch import command

        # It makes the addresses that the settings need, so it cannot run inside Django.
        sys.exit(command.main(sys.argv[2:]))
    if sys.argv[1:2] in ([], ["help"]):
        # The list of commands is worth reading before anything is configured.
        plan.stand_in()
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as wrong:
        # One sentence that names the variable; a traceback would bury it.
        sys.exit(f"gatehouse: {wrong}")
    except (OperationalError, NoRedis) as error:
        sentence = absence.explain(error)
        if sentence is None or "--traceback" in sys.argv:
            raise
        sys.exit(f"gatehouse: {sentence}")


if __name__ == "__main__":
    main()
