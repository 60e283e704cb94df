/* Hotline widget, Apache-2.0 */
"use strict";(()=>{console.debug("Hotline");})();
