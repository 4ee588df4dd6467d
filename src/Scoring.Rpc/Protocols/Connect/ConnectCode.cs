namespace Scoring.Rpc.Protocols.Connect;

/// <summary>The names that Connect has for codes, and the HTTP statuses of unary answers that go with them.</summary>
/// <remarks>Source: the table "Error codes" of the Connect protocol reference.</remarks>
internal static class ConnectCode
{
    private static readonly (string Name, int Http)[] Codes =
    [
        ("ok", 200),
        ("canceled", 499),
        ("unknown", 500),
        ("invalid_argument", 400),
        ("deadline_exceeded", 504),
        ("not_found", 404),
        ("already_exists", 409),
        ("permission_denied", 403),
        ("resource_exhausted", 429),
        ("failed_precondition", 400),
        ("aborted", 409),
        ("out_of_range", 400),
        ("unimplemented", 501),
        ("internal", 500),
        ("unavailable", 503),
        ("data_loss", 500),
        ("unauthenticated", 401),
    ];

    public static string NameOf(StatusCode code) => Find(code).Name;

    public static int HttpStatusOf(StatusCode code) => Find(code).Http;

    private static (string Name, int Http) Find(StatusCode code) =>
        Codes[(uint)code < (uint)Codes.Length ? (int)code : (int)StatusCode.Unknown];
}
