"""Who is told what: notices inside the product, and messages that leave it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.log import Event


class ToldAs(models.TextChoices):
    """In which part somebody is told: what they read depends on it."""

    HOLDER = "holder", _("Has the case")
    ASSISTING = "assisting", _("Is called to help")
    LEAD = "lead", _("Sees it through")
    AREA = "area", _("Answers for the area")
    ABOVE = "above", _("Stands above the area")
    DESK = "desk", _("Sits at the desk")
    REPORTER = "reporter", _("Reported it")
    LEFT = "left", _("Had it until now")


class Notice(models.Model):
    """One person told of one event. Its words are made from the event when it is read."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="notices")
    told_as = models.CharField(_("told as"), max_length=10, choices=ToldAs.choices)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "event"], name="notice_once"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_by_user"),
            models.Index(fields=["user"], name="notice_unread", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.event}"


class Told(models.Model):
    """How far into the feed people have been told: one row."""

    sequence = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("mark in the feed")
        verbose_name_plural = _("marks in the feed")

    def __str__(self) -> str:
        return str(self.sequence)


class PushSubscription(models.Model):
    """A browser that asked to be told when the page is shut."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_subscriptions"
    )
    endpoint = models.URLField(max_length=600, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("push subscription")
        verbose_name_plural = _("push subscriptions")

    def __str__(self) -> str:
        return f"{self.user} · {self.pk}"


class Channel(models.TextChoices):
    """How a message leaves the installation."""

    WEBHOOK = "webhook", _("Webhook")
    WEB_PUSH = "web_push", _("Web push")


class Message(models.Model):
    """One message on its way out: claimed, sent, confirmed. The receiver dedupes by `id`."""

    id = models.UUIDField(primary_key=True)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    subscription = models.ForeignKey(
        PushSubscription, on_delete=models.CASCADE, null=True, blank=True
    )
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="messages")
    payload = models.JSONField()
    made_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, blank=True)  # None: sent, or given up
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "event", "subscription"],
                nulls_distinct=False,
                name="message_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="message_waiting", condition=Q(next_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.id}"
