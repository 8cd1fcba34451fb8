/// No request log, no form that waits for a first superuser.
migrate((app) => {
  const settings = app.settings();
  settings.logs.maxDays = 0;
  app.save(settings);

  const superuser = new Record(app.findCollectionByNameOrId("_superusers"));
  superuser.set("email", "conformance@example.com");
  superuser.set("password", $security.randomString(30));
  app.save(superuser);
});
