// Ask before the page is closed or left while something is not saved: it would be gone.
// A flag of the window, because the page that set it may have made place for another of the app.
export default function ({ data }) {
    if (window.dekkendUnsaved === undefined) {
        addEventListener("beforeunload", (event) => {
            if (window.dekkendUnsaved) event.preventDefault();
        });
    }
    window.dekkendUnsaved = data.unsaved;
}
