const bar = document.querySelector(".filters");
if (bar) {
  const buttons = [...bar.querySelectorAll("button")];
  const mistakes = [...document.querySelectorAll(".mistakes > li")];
  bar.hidden = false;
  bar.addEventListener("click", (event) => {
    const chosen = event.target.closest("button");
    if (!chosen) return;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button === chosen));
    const fault = chosen.dataset.fault;
    for (const item of mistakes) item.hidden = fault !== "" && !item.dataset.faults.split(" ").includes(fault);
  });
}
