using System.Buffers.Text;
using System.Text;
using Scoring.Core.Recording;
using Scoring.Server.Errors;

namespace Scoring.Server.Fields;

/// <summary>Where a page of a list ends: its last element, in a form that invites nobody to build on it.</summary>
/// <param name="list">The list, which tells its tokens from those of others.</param>
internal sealed class PageToken(string list)
{
    private const int LongestToken = 512;
    private readonly string _prefix = list + "/1/";

    /// <summary>The token of the page behind an element.</summary>
    public string After(string element) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(_prefix + element));

    /// <summary>The element behind a token; empty for the first page.</summary>
    public string Read(string token)
    {
        if (token.Length == 0)
        {
            return "";
        }
        if (token.Length <= LongestToken && Base64Url.IsValid(token))
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
            if (text.StartsWith(_prefix, StringComparison.Ordinal))
            {
                return text[_prefix.Length..];
            }
        }
        throw CallErrors.From(
            new FieldFault(
                RejectionReason.FieldInvalid,
                "page_token",
                "must be the next_page_token of an earlier answer, or empty for the first page"
            )
        );
    }
}
