/// No request log, batches, no form that waits for a first superuser.
migrate((app) => {
  const settings = app.settings();
  settings.logs.maxDays = 0;
  settings.batch.enabled = true;
  settings.batch.maxRequests = 50;
  settings.batch.timeout = 3;
  app.save(settings);

  const superuser = new Record(app.findCollectionByNameOrId("_superusers"));
  superuser.set("email", "conformance@example.com");
  superuser.set("password", $security.randomString(30));
  app.save(superuser);
});
