(function () {
  var words = {scanned: '扫描成功，请在手机上确认', cancelled: '你已取消此次登录', expired: '二维码已失效，请刷新'};
  var timer = setInterval(function () {
    fetch(document.getElementById('scan').href + '/status').then(function (r) { return r.json(); }).then(function (s) {
      if (s.location) { clearInterval(timer); location.replace(s.location); return; }
      if (words[s.status]) document.getElementById('status').textContent = words[s.status];
      if (s.status === 'cancelled' || s.status === 'expired') clearInterval(timer);
    }).catch(function () {});
  }, 1000);
})();
