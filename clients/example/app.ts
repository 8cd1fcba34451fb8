App({
  onLaunch() {
    restartForUpdates();
  },
});

/** A new version is fetched in the background and used from the next start on; with this, at once. */
function restartForUpdates(): void {
  const updates = wx.getUpdateManager();
  updates.onUpdateReady(async () => {
    const { confirm } = await wx.showModal({ title: '有新版本', content: '重新打开小程序即可使用', confirmText: '立即重启' });
    if (confirm) updates.applyUpdate();
  });
}
