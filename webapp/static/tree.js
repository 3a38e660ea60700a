// Unfolds and folds the branches of a tree, all at once.
{
  const unhide = () => document.querySelectorAll("[data-folds]").forEach((each) => (each.hidden = false));
  unhide();
  document.addEventListener("kb:replaced", unhide);
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-fold]");
    if (!button) return;
    const tree = document.getElementById(button.closest("[data-folds]").dataset.folds);
    tree.querySelectorAll(".tree details").forEach((branch) => (branch.open = button.dataset.fold === "open"));
  });
}
