/* What Node would make of an import of this library is not what its users expect. */
module.exports = require("./node_modules/react-custom-scrollbars-2").Scrollbars;
