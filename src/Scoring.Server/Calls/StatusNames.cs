using System.Text.Json;
using Grpc.Core;

namespace Scoring.Server.Calls;

/// <summary>Statuses as gRPC's specification and OpenTelemetry write them: NOT_FOUND.</summary>
internal static class StatusNames
{
    private static readonly string[] Names =
    [
        .. Enum.GetValues<StatusCode>()
            .Order()
            .Select(code =>
                code == StatusCode.OK ? "OK" : JsonNamingPolicy.SnakeCaseUpper.ConvertName(code.ToString())
            ),
    ];

    public static string Of(StatusCode code) =>
        (uint)code < (uint)Names.Length ? Names[(int)code] : Names[(int)StatusCode.Unknown];
}
