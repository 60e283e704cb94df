// A shop of one page: each click replaces the whole body, as some frameworks do.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='/app/']");
  if (!link) return;
  event.preventDefault();
  history.pushState({}, "", link.getAttribute("href") + location.search);
  const body = document.createElement("body");
  body.innerHTML = "<main><h1>Pricing</h1><p><a href='/app/home' id='home'>Home</a></p></main>";
  document.body.replaceWith(body);
  document.title = "Pricing - Shop";
});
