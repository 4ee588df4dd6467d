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

        if (AdviceOf(error.StatusCode, details?.GetDetail<ErrorInfo>()) is { } advice)
        {
            lines.Add($"  {advice}");
        }

        return string.Join('\n', lines);
    }

    /// <summary>What to do about a caller whom the server does not know, or does not let do this.</summary>
    private static string? AdviceOf(StatusCode code, ErrorInfo? info) =>
        code switch
        {
            StatusCode.Unauthenticated when info?.Reason == "CREDENTIALS_INVALID" =>
                "the key that was given (--api-key-file, SCORING_API_KEY_FILE or SCORING_API_KEY) is none, was revoked or has expired; an admin makes "
                    + "another with 'scoring keys create'",
            StatusCode.Unauthenticated =>
                "give a key with --api-key-file or SCORING_API_KEY; an admin makes one with 'scoring keys create'",
            // Which role that is, the server says.
            StatusCode.PermissionDenied =>
                "give a key that may do this with --api-key-file or SCORING_API_KEY; an admin makes one with 'scoring keys create --grant ROLE@WORKSPACE'",
            _ => null,
        };

    private static bool IsOfTls(Exception? error) =>
        error is AuthenticationException || (error is not null && IsOfTls(error.InnerException));
}
