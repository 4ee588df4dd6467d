using System.Security.Authentication;
using System.Text.Json;
using Google.Rpc;
using Grpc.Core;
using Scoring.Client;

namespace Scoring.Cli.Terminal;

/// <summary>What an error of the server says to people: what is wrong, in which field, and what to do.</summary>
internal static class ErrorText
{
    public static string Of(RpcException error, string address)
    {
        if (error.Status.DebugException is ScoringConnectionException connection)
        {
            return connection.Message;
        }

        if (IsOfTls(error.Status.DebugException))
        {
            return $"{address} cannot be trusted ({error.Status.Detail}). Name the authority of its certificate with --ca or SCORING_CA";
        }

        if (error.StatusCode == StatusCode.Unavailable && error.GetRpcStatus() is null)
        {
            return $"no server answers at {address} ({error.Status.Detail}). Start one with "
                + "'dotnet run -c Release --project src/Scoring.Server', or name another with --address or SCORING_ADDRESS";
        }

        var details = error.GetRpcStatus();
        List<string> lines =
        [
            $"{JsonNamingPolicy.SnakeCaseUpper.ConvertName($"{error.StatusCode}")}: {error.Status.Detail}",
        ];
        if (details?.GetDetail<BadRequest>() is { FieldViolations.Count: > 0 } bad)
        {
            // The message usually says it already when there is one.
            lines.AddRange(
                bad.FieldViolations.Where(violation =>
                        !error.Status.Detail.Contains(violation.Description, StringComparison.Ordinal)
                    )
                    .Select(violation => $"  {violation.Field}: {violation.Description}")
            );
        }

        if (details?.GetDetail<RetryInfo>() is { RetryDelay: not null } retry)
        {
            lines.Add($"  try again in {retry.RetryDelay.ToTimeSpan().TotalSeconds:0.###} s");
        }

        return string.Join('\n', lines);
    }

    private static bool IsOfTls(Exception? error) =>
        error is AuthenticationException || (error is not null && IsOfTls(error.InnerException));
}
