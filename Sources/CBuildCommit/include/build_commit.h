/// The commit that this build was made from, as text; "unknown" outside git.
const char *_Nonnull build_commit(void);
