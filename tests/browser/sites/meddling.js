// What old libraries and careless scripts do to a page before anything else runs.
Object.prototype.each = function () {};
Array.prototype.remove = function () {};
Array.prototype.toJSON = function () {
  return "[" + this.join(", ") + "]";
};
String.prototype.toJSON = function () {
  return '"' + this + '"';
};
Array.prototype.reduce = function () {
  return this.length > 1 ? this : this[0];
};
Array.from = function (list) {
  return list ? Array.prototype.slice.call(list) : [];
};
window.fetch = function () {
  return Promise.reject(new Error("fetch is mine"));
};
window.$ = function () {
  return null;
};
