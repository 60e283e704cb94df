document.getElementById("ask").addEventListener("click", () => document.getElementById("terms").showModal());
document.getElementById("agree").addEventListener("click", () => document.getElementById("terms").close());
