"""Creating a project."""



def test_a_project_opens_with_four_draft_steps(free):
    project = free.create_project("My system", example="")
    page = free.page(project)
    assert page.headings == ["My system"]
    assert "Go on with step 1" in page.text


def test_a_free_user_has_one_project_ever(free, nothing_changes):
    free.create_project()
    with nothing_changes():
        response = free.post("/projects", {"name": "Second", "mode": "lean"})
    assert response.status_code == 403
    assert response.headers["DevPilot-Error"] == "quota_exceeded"
    assert "1 of 1" in response.text
    assert "Second" in response.text
