import NotFound from "@/app/not-found";

/** Staff keep their way between pages, whatever is not there. */
export default NotFound;
