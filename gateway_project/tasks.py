from celery import shared_task

from gateway_project import heartbeat


@shared_task
def beat_heart(**later: object) -> None:
    """Show that beat sends tasks and a worker takes them.

    `later` swallows arguments a newer publisher may send during a rolling deploy.
    """
    heartbeat.beat()
