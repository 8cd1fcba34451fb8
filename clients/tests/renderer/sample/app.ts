interface Data {
  started: number;
}
App<{ data: Data }>({
  data: { started: 0 },
  onLaunch() {
    this.data.started += 1;
  },
});
